import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The README's first command, as a person types it: `npm start` says where it answers and with which key, answers a
// question, ends when it is asked to, and has kept everything when it is started again. Exits with 1 and what was
// printed when something of that fails.

const directory = await mkdtemp(join(tmpdir(), "rolograph-start-"));
const env = { ...process.env, PORT: "0", DATA_DIR: join(directory, "data") };

async function run() {
  const server = spawn("npm", ["start"], { env, detached: true });
  let printed = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (bytes) => {
      printed += bytes;
    });
  }
  let running = true;
  const exited = new Promise((resolve) => server.once("close", resolve)).then(() => {
    running = false;
  });
  // npm and what it starts are one group, to which a terminal sends what is typed.
  const send = (signal) => running && process.kill(-server.pid, signal);
  const late = setTimeout(send, 240_000, "SIGKILL");
  const said = async (pattern) => {
    for (;;) {
      const found = pattern.exec(printed);
      if (found) return found[1];
      if (!running) throw new Error("npm start ended");
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  };
  try {
    const url = await said(/^GraphiQL: (\S+)$/m);
    const key = await said(/^API key: (\S+)/m);
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: "{ contacts(first: 1) { totalCount nodes { id name } } }" }),
    });
    const { data, errors } = await response.json();
    if (errors || !(data.contacts.totalCount > 0) || data.contacts.nodes.length !== 1) {
      throw new Error(
        `the first question was answered ${response.status} ${JSON.stringify({ data, errors })}`,
      );
    }
    send("SIGINT");
    await exited;
    return JSON.stringify({ key, contacts: data.contacts });
  } catch (error) {
    throw new Error(`${printed}\n${error.message}`);
  } finally {
    clearTimeout(late);
    send("SIGKILL");
  }
}

try {
  const first = await run();
  const second = await run();
  if (first !== second) throw new Error(`started again, it answers ${second} instead of ${first}`);
  console.log("npm start: answers, stops, and answers the same when it is started again");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
