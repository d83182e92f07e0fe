import { suffixOf } from "../../src/lib/typeid.ts";
import type { Caller } from "./callers.ts";
import { around, difference, steady } from "./compare.ts";
import { allowed, mayLeave } from "./contract.ts";
import type { Doors, Said } from "./doors.ts";
import { type Check, Leak } from "./leak.ts";
import { marksIn, withCursorsOpened } from "./marks.ts";
import type { Operation } from "./operations.ts";
import type { Change, Rows } from "./rows.ts";
import type { Known } from "./secrets.ts";
import { fieldsIn } from "./selections.ts";
import type { Twin } from "./twins.ts";

/** Sends operations, and checks the whole answer and all changed rows. */

/** A caller, and what the caller may learn. */
export interface Walking {
  readonly caller: Caller;
  readonly known: Known;
  /** A copy with only the rows that the caller may see; for callers who do not see their whole organization. */
  readonly twin: Twin | null;
}

/** Further ways in which an operation is sent. */
export interface Ways {
  /** Whether to send it again to the server that compiles, twice. */
  readonly repeats?: boolean;
  /** Whether to send it to the caller's copy too, if there is one; true by default. */
  readonly isCopied?: boolean;
}

/** Tables of jobs; new rows in them are run. */
const jobs = {
  import_job: "importJob",
  export_job: "exportJob",
  bulk_job: "bulkJob",
  duplicate_search: "duplicateSearch",
} as const;

export class Walker {
  operations = 0;
  marks = 0;
  /** Fields that had data in an answer, as `Type.field`. */
  readonly seen = new Set<string>();
  readonly codes = new Map<string, number>();
  /** Answers to requests for a file that never existed. */
  readonly #absent = new Map<string, Said>();

  constructor(
    private readonly doors: Doors,
    private readonly rows: Rows,
    private readonly secrets: ReadonlyMap<string, string>,
    /** Called with each leak; it may throw. */
    private readonly onLeak: (leak: Leak) => void,
  ) {}

  /** Sends an operation, and checks its answers and changes. */
  async walk(walking: Walking, operation: Operation, ways: Ways = {}): Promise<Said> {
    const { repeats = false, isCopied = true } = ways;
    this.operations += 1;
    const { caller, twin } = walking;
    const first = await this.#send(walking, operation);
    if (repeats && !operation.isMutation) await this.#again(walking, operation, first);
    if (operation.absent) {
      const absent = { ...operation, variables: operation.absent };
      const other = await this.#send(walking, absent);
      this.#compare("oracle", walking, operation, first, other, (text) => text);
    }
    if (twin && isCopied) {
      const headers = { ...caller.headers, authorization: `Bearer ${twin.key}` };
      const there: Walking = { ...walking, caller: { ...caller, headers }, twin };
      const other = await this.#send(there, operation, twin.orgId);
      this.#compare("hidden rows", walking, operation, first, other, twin.restored);
    }
    return first;
  }

  /**
   * Downloads a file.
   *
   * @param absent the path of a file that never existed, if the caller may not download this one
   */
  async download(walking: Walking, path: string, absent: string | null): Promise<void> {
    this.operations += 1;
    const operation = {
      name: `GET ${path}`,
      field: "download",
      query: path,
      variables: {},
      isMutation: false,
    };
    const first = await this.doors.download(walking.caller.headers, path);
    this.scan(walking, operation, first.text, path);
    if (absent === null) return;
    const key = `${walking.caller.name} ${absent}`;
    const other = this.#absent.get(key) ?? (await this.doors.download(walking.caller.headers, absent));
    this.#absent.set(key, other);
    this.#compare("oracle", walking, operation, first, other, (text) => text);
  }

  /** Searches a text for marks and ids that a caller may not learn and has not sent. */
  scan({ caller, known }: Walking, operation: Operation, text: string, said: string): void {
    const own = marksIn(said);
    for (const mark of marksIn(withCursorsOpened(text))) {
      this.marks += 1;
      const from = this.secrets.get(mark);
      if (from === undefined || known.marks.has(mark) || known.ids.has(mark) || own.has(mark)) continue;
      this.onLeak(
        new Leak("canary", caller.name, operation, `shows ${mark} of ${from}:\n${around(text, mark)}`),
      );
    }
  }

  /** @param orgId the copy's id, if the operation is sent to a copy */
  async #send(walking: Walking, operation: Operation, orgId?: string): Promise<Said> {
    const { caller } = walking;
    const { query, variables, isMutation } = operation;
    const { file } = operation;
    const said =
      file === undefined
        ? await this.doors.ask(caller.headers, { query, variables })
        : await this.doors.upload(caller.headers, { query, variables }, file);
    this.#read(operation, walking, said);
    // Answers of the copy have the same marks, and are compared instead.
    if (orgId === undefined) this.scan(walking, operation, said.text, JSON.stringify(variables));
    if (isMutation) await this.#settle(walking, operation, orgId);
    return said;
  }

  #read(operation: Operation, { caller }: Walking, said: Said): void {
    const parsed = JSON.parse(said.body) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
    fieldsIn(parsed.data, this.seen);
    for (const { extensions } of parsed.errors ?? []) {
      const code = extensions?.code ?? "none";
      this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
      if (code === "INTERNAL_SERVER_ERROR" || said.status >= 500)
        this.onLeak(new Leak("fault", caller.name, operation, said.body.slice(0, 2000)));
    }
  }

  async #again(walking: Walking, operation: Operation, first: Said): Promise<void> {
    for (const time of ["compiled", "compiled again"]) {
      const said = await this.doors.ask(walking.caller.headers, operation, "compiling");
      this.scan(walking, operation, said.text, JSON.stringify(operation.variables));
      if (steady(said.text) !== steady(first.text))
        this.onLeak(
          new Leak(
            "repeat",
            walking.caller.name,
            operation,
            `${time}: ${difference(steady(first.text), steady(said.text))}`,
          ),
        );
    }
  }

  /** Runs the jobs that a mutation started, checks all changed rows, and undoes the changes. */
  async #settle(walking: Walking, operation: Operation, orgId?: string): Promise<void> {
    let changes = await this.rows.changes();
    if (changes.length === 0) return;
    let hasWorked = false;
    for (const { table, orgId: of, after, before } of changes) {
      const kind = jobs[table as keyof typeof jobs];
      if (!kind || before !== null || after === null) continue;
      const { id } = JSON.parse(after) as { id: string };
      await this.doors.work(kind, of, id);
      hasWorked = true;
      if (orgId === undefined) await this.#fetchFiles(walking, operation, table, id);
    }
    if (hasWorked) changes = await this.rows.changes();
    for (const change of changes) this.#judge(walking, operation, change, orgId);
    await this.rows.undo(changes);
  }

  async #fetchFiles(walking: Walking, operation: Operation, table: string, id: string): Promise<void> {
    for (const path of pathsOf(table, id)) {
      const said = await this.doors.download(walking.caller.headers, path);
      this.scan(
        walking,
        { ...operation, name: `${operation.name}: ${path}` },
        said.text,
        JSON.stringify(operation.variables),
      );
    }
  }

  #judge({ caller, known, twin }: Walking, operation: Operation, change: Change, orgId?: string): void {
    const { table, before, after } = change;
    const own = orgId ?? caller.asker?.orgId;
    const isTheirs =
      change.orgId === own &&
      (before === null ||
        table === "organization" ||
        known.rows.has(`${table} ${before}`) ||
        mayLeave(operation.field, table, after) ||
        // The caller sees every row of the copy.
        (orgId !== undefined && twin !== null));
    if (isTheirs) return;
    const what = `changes ${table} of organization ${change.orgId}:\n${before}\n${change.after}`;
    this.onLeak(new Leak("change", caller.name, operation, what));
  }

  #compare(
    check: Check,
    { caller, known }: Walking,
    operation: Operation,
    first: Said,
    other: Said,
    restored: (text: string) => string,
  ): void {
    const one = steady(first.text, operation.isMutation, known);
    const two = steady(restored(other.text), operation.isMutation, known);
    if (one === two || allowed(operation.field, check, one, two)) return;
    this.onLeak(new Leak(check, caller.name, operation, difference(one, two)));
  }
}

/** The paths of a job's files. */
export function pathsOf(table: string, id: string): string[] {
  const typed = `${table}_${suffixOf(id)}`;
  if (table === "export_job") return [`/exports/${typed}`];
  return table === "import_job" ? [`/imports/${typed}/errors.csv`] : [];
}
