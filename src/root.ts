import { fileURLToPath } from "node:url";

/**
 * The directory of the package, with a slash at its end. This module lies directly in `src/`, and each file of the
 * build directly in `dist/`: both are one level below.
 */
export const root = fileURLToPath(new URL("../", import.meta.url));
