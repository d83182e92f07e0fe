import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "../../src/jobs/import/csv.ts";
import { type CsvRecord, MAX_COLUMNS, RecordReader, SLICE } from "../../src/jobs/import/records.ts";

/** Records of a CSV file: nothing that a file says makes one piece of work large, and no row costs another. */

/** Everything that a text says, when it arrives in pieces of some length. */
function read(text: string, piece = SLICE, delimiter = ",") {
  const reader = new RecordReader(delimiter);
  const records: CsvRecord[] = [];
  let blank = 0;
  let largest = 0;
  for (let at = 0; at <= text.length; at += piece) {
    reader.push(text.slice(at, at + piece), at + piece > text.length);
    for (let slice = reader.take(); slice !== null; slice = reader.take()) {
      for (const record of slice.records) records.push(record);
      blank += slice.blank;
      largest = Math.max(largest, slice.records.length + slice.blank);
    }
  }
  return { records, blank, largest };
}

const cellsOf = (text: string, piece?: number) => read(text, piece).records.map(({ cells }) => cells);

test.each([
  ["blank lines", "\n".repeat(300_000), { records: 0, blank: 300_000 }],
  ["blank lines that end in CRLF", "\r\n".repeat(150_000), { records: 0, blank: 150_000 }],
  ["rows of one letter", "x\n".repeat(150_000), { records: 150_000, blank: 0 }],
  ["quotes that are never closed", '"a,b\n'.repeat(100_000), { records: 100_000, blank: 0 }],
  ["rows behind a quote that is never closed", `"${"x\n".repeat(600_000)}`, { records: 600_000, blank: 0 }],
  ["one heading after the other", ";".repeat(5_000_000), { records: 1, blank: 0 }],
  ["one endless cell", "x".repeat(5_000_000), { records: 1, blank: 0 }],
  ["one endless cell in quotes", `"${"x".repeat(5_000_000)}`, { records: 1, blank: 0 }],
  ["one cell of quotes written twice", `"${'""'.repeat(1_000_000)}`, { records: 1, blank: 0 }],
])("a file of %s is worked on in small pieces", (_case, text, counts) => {
  const { records, blank, largest } = read(text, SLICE, ";");
  expect({ records: records.length, blank }).toEqual(counts);
  expect(largest).toBeLessThanOrEqual(SLICE);
});

test("between the pieces others have their turn", async () => {
  let turns = 0;
  let blank = 0;
  const count = setInterval(() => {
    turns += 1;
  });
  async function* file() {
    yield Buffer.from(`name\n${"\n".repeat(300_000)}`);
  }
  let slices = 0;
  for await (const slice of readCsv(file(), { encoding: "utf-8", delimiter: "," })) {
    blank += slice.blank;
    slices += 1;
  }
  clearInterval(count);
  expect(blank).toBe(300_000);
  expect(slices).toBeGreaterThan(300_000 / SLICE);
  expect(turns).toBeGreaterThan(1);
});

test("of a record with more columns than a file may have, no more are read", () => {
  const [record] = read(`${"x,".repeat(100_000)}\n`).records;
  expect(record?.cells).toHaveLength(MAX_COLUMNS + 1);
  const [quoted] = read(`"x",${"x,".repeat(100_000)}\n`).records;
  expect(quoted?.cells).toHaveLength(MAX_COLUMNS + 1);
});

test.each([
  ["a stray quote", 'Bob,5" pipe', /quote in the middle/],
  ["text after a closing quote", '"Bob"by,x', /text after a closing quote/],
  ["a quote that is not closed", '"Bob,x', /text after a closing quote|not closed/],
  ["a cell that is too long", `Bob,${"x".repeat(1_100_000)}`, /is longer than/],
  ["a cell in quotes that is too long", `Bob,"${"x\n".repeat(550_000)}"`, /not closed|is longer than/],
])("%s costs its own row and not the rest", (_case, broken, problem) => {
  const { records } = read(`a,b\nbefore,x\n${broken}\nafter,"y"\nlast,z`);
  const good = records.flatMap(({ cells }) => (cells?.length === 2 ? [cells] : []));
  expect(good).toEqual([
    ["a", "b"],
    ["before", "x"],
    ["after", "y"],
    ["last", "z"],
  ]);
  expect(records.find(({ cells }) => cells === null)).toMatchObject({
    line: 3,
    problem: expect.stringMatching(problem),
  });
});

test("lines are counted as an editor counts them, whatever ends them, inside quotes too", () => {
  const text = 'a,b\r\n"one\r\ntwo\nthree\rfour",x\r\n\r\nc,d\re,f\n"broken\r\ng,h';
  expect(read(text).records.map(({ line }) => line)).toEqual([1, 2, 7, 8, 9, 10]);
});

test("what a file says does not depend on the pieces in which it arrives", () => {
  const cell = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", " ", "ö"), maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc
        .string({ unit: fc.constantFrom("a", '""', ",", "\n", "\r\n", "\r"), maxLength: 5 })
        .map((text) => `"${text}"`),
    },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom("a", '"', ",", "\n"), maxLength: 5 }) },
  );
  const rows = fc.array(
    fc.array(cell, { maxLength: 4 }).map((cells) => cells.join(",")),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.integer({ min: 1, max: 7 }),
      (lines, end, piece) => {
        const text = lines.join(end);
        expect(read(text, piece)).toMatchObject({ records: read(text).records, blank: read(text).blank });
      },
    ),
    { numRuns: 300 },
  );
});

test("what is written as RFC 4180 has it is read back, to the letter", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é", " "), maxLength: 6 });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), (written, piece) => {
      const said = written.filter((cells) => cells.some((each) => each.trim() !== ""));
      const text = written
        .map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(","))
        .join("\r\n");
      expect(cellsOf(text, piece)).toEqual(said);
    }),
  );
});
