/** Builds dist/ from the sources, for tests that start the built program as an operator does. */
export { default } from "../../build.ts";
