import type { Clock } from "./clock.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts of a log line. Never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured lines for the people who run Vigil. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry `fields`. */
  with(fields: LogFields): Log;
}

const order: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Writes one JSON object a line: `{"time","level","message",…}`. @param write receives a whole line with its end */
export function jsonLog(options: { write: (line: string) => void; clock: Clock; level?: LogLevel }): Log {
  const least = order.indexOf(options.level ?? "info");
  const make = (bound: LogFields): Log => {
    const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
      if (order.indexOf(level) < least) return;
      const time = new Date(options.clock.now()).toISOString();
      options.write(`${JSON.stringify({ time, level, message, ...bound, ...fields }, plainErrors)}\n`);
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => make({ ...bound, ...fields }),
    };
  };
  return make({});
}

/** A log that says nothing. */
export function silentLog(): Log {
  const nothing = (): void => {};
  const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => log };
  return log;
}

function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = "code" in value ? { code: value.code } : {};
  return {
    ...code,
    message: value.message,
    stack: value.stack?.split("\n").slice(1, 6).join(" | "),
    cause: value.cause,
  };
}
