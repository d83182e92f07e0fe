import type { Reporter, TestModule } from "vitest/node";

/** Prints one line at the end of a run, with the numbers of its tests. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    // A file that does not load counts as a failure, and so does an error outside of tests.
    let failed = unhandled.length;
    for (const module of modules) {
      const broken = module.errors().length;
      failed += broken;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        if (state === "failed") failed += 1;
      }
    }
    process.on("exit", () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
