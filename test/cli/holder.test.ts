import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

/** DATA_DIR has one holder at a time, whatever ends it and from wherever the next one looks. */

let directory: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-holder-"));
  // Tries to hold each directory that it is sent, says what came of it, and lets go of nothing by itself.
  await writeFile(
    join(directory, "contender.mjs"),
    `import { lockDirectory } from ${JSON.stringify(resolve("src/db/open/lock.ts"))};
let unlock;
process.on("message", async ({ hold }) => {
  if (!hold) return process.send(String(await unlock()));
  process.send(await lockDirectory(hold).then((given) => { unlock = given; return "held"; }, ({ message }) => message));
});`,
  );
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

/** Linux' containers, but for their files: processes and network of its own. */
const apart = ["--pid", "--fork", "--kill-child", "--net"];
const unshare = await promisify(execFile)("unshare", [...apart, "true"]).then(
  () => null,
  (error: Error) => `this machine does not let the tests make namespaces: ${error.message.split("\n")[0]}`,
);

function contender(wrapper: readonly string[] = []) {
  const [command = "", ...args] = [
    ...wrapper,
    process.execPath,
    "--import",
    "tsx",
    join(directory, "contender.mjs"),
  ];
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.add(child.setMaxListeners(0));
  const send = (message: object) =>
    new Promise<string>((answered, failed) => {
      child
        .once("message", (answer: string) => answered(answer))
        .once("exit", () => failed(new Error("it died")));
      child.send(message);
    });
  return {
    hold: (path: string) => send({ hold: path }),
    letGo: () => send({}),
    async crash() {
      const gone = new Promise((ended) => child.once("exit", ended));
      child.removeAllListeners("message");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

test("a second process is refused, with the holder's process id, until the first one ends or crashes", async () => {
  const path = join(directory, "second");
  const [first, second] = [contender(), contender()];
  expect(await first.hold(path)).toBe("held");
  expect(await second.hold(path)).toMatch(
    /second is in use by process \d+ on \S+\. Stop that process, or set DATA_DIR to another directory\.$/,
  );
  await first.letGo();
  expect(await second.hold(path)).toBe("held");
  expect(await first.hold(path)).toContain("is in use by process");
  await second.crash();
  expect(await first.hold(path)).toBe("held");
});

test("a process in another container on the same volume is refused, both ways", async ({ skip }) => {
  skip(unshare !== null, unshare ?? "");
  const path = join(directory, "volume");
  const [here, there, elsewhere] = [
    contender(),
    contender(["unshare", ...apart]),
    contender(["unshare", ...apart]),
  ];
  expect(await here.hold(path)).toBe("held");
  expect(await there.hold(path)).toContain("is in use by process");
  await here.letGo();
  expect(await there.hold(path)).toBe("held");
  expect(await here.hold(path)).toContain("is in use by process");
  expect(await elsewhere.hold(path)).toContain("is in use by process");
});

test("of six that begin at the same moment after a crash, one holds it, sixty times out of sixty", async () => {
  const six = Array.from({ length: 6 }, () => contender());
  const crashed = contender();
  const left = join(directory, "left");
  await crashed.hold(left);
  await crashed.crash();
  for (let round = 0; round < 60; round += 1) {
    const path = join(directory, `round-${round}`);
    await mkdir(path);
    await copyFile(join(left, "lock"), join(path, "lock"));
    const outcomes = await Promise.all(six.map((each) => each.hold(path)));
    expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(1);
  }
});

test("a directory that cannot be used is refused with words", async () => {
  const file = join(directory, "file");
  await writeFile(file, "");
  expect(await contender().hold(join(file, "data"))).toMatch(
    /data cannot be written \(ENOTDIR.*\)\. Set DATA_DIR to a directory of this user's own\.$/,
  );
});
