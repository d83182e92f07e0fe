import { spawnSync } from "node:child_process";

// Prints what is known against the dependencies that ship, where the registry answers; it decides nothing.

const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { encoding: "utf8" });
const answer = (() => {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
})();
if (!answer.vulnerabilities) {
  console.log("advisories: the registry does not answer");
} else {
  const found = Object.values(answer.vulnerabilities);
  console.log(`advisories: ${found.length} of the dependencies that ship`);
  for (const { name, severity, range } of found) console.log(`  ${severity}: ${name} ${range}`);
}
