/** The port for metrics cannot be opened; the message says which setting to change. */
export class MetricsPortError extends Error {
  override readonly name = "MetricsPortError";

  constructor(cause: NodeJS.ErrnoException) {
    super(
      cause.code === "EADDRINUSE"
        ? "METRICS_PORT is in use by another program: set METRICS_PORT to a free one, or leave it out."
        : `METRICS_PORT cannot be opened at METRICS_HOST (${cause.code ?? cause.message}).`,
      { cause },
    );
  }
}
