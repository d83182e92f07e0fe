/** Fates of a process that works on a job, for tests. */

interface Options {
  readonly onProgress: () => unknown;
}

/**
 * Works on a job like a process that is killed after some steps: its lease is neither renewed nor released.
 *
 * @param run works, with these options
 */
export const killedAfter = (steps: number, run: (options: Options) => Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    let done = 0;
    const onProgress = () => {
      done += 1;
      if (done < steps) return;
      resolve();
      return new Promise<void>(() => {});
    };
    run({ onProgress }).then(() => reject(new Error(`it came to its end before step ${steps}`)), reject);
  });
