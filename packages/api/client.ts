import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { api, type Api } from "./api.ts";
import { fail } from "./errors.ts";
import { errorOf } from "./report.ts";
import type { Reply, Request, Route } from "./route.ts";
import { watchFeed, type Feed } from "./watch.ts";

/** What Vigil's command line calls itself. */
export const cliAgent = "vigil-cli";

export interface ClientOptions {
  /** Where the server is, e.g. "http://127.0.0.1:9970"; "" in a page that the server itself delivered. */
  readonly baseUrl: string;
  /** An API key. A browser has its session cookie instead. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
  /** What the program calls itself; browsers say it by themselves. */
  readonly agent?: string;
  readonly clock?: Clock;
  /** How long one call may take: 30,000 ms unless said otherwise, or by the route. A call that reads a device waits for the device. */
  readonly timeoutMs?: number;
}

type Keys<R> = {
  [K in "params" | "query" | "body"]: Request<R>[K] extends undefined ? never : K;
}["params" | "query" | "body"];
type Needed<R> = Exclude<Keys<R>, "query">;
/** What a call takes: `params`, `query` and `body` as far as its route has them, and a signal to give up. */
export type CallOptions<R> = { readonly [K in Needed<R>]: Request<R>[K] } & {
  readonly [K in Exclude<Keys<R>, Needed<R>>]?: Request<R>[K];
} & { readonly signal?: AbortSignal };
/** One route as a function; its argument may be left out where the route needs none. */
export type Call<R> = [Needed<R>] extends [never]
  ? (options?: CallOptions<R>) => Promise<Reply<R>>
  : (options: CallOptions<R>) => Promise<Reply<R>>;

/** The contract as functions, noun by noun, and the live feed. */
export type VigilClient = {
  readonly [Noun in keyof Api]: { readonly [Verb in keyof Api[Noun]]: Call<Api[Noun][Verb]> };
} & {
  /** Follows the live feed until the signal aborts; see watch.ts. */
  readonly watch: Feed;
};

interface AnyCall {
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/**
 * The typed client of the HTTP contract, derived from `api`: `client.devices.list({ query: { state: "failed" } })`.
 * Runs in browsers and in Node. An aborted call rejects with the signal's reason.
 * @throws whatever the server reports, as VigilError with the report's code, side and next step
 * @throws api.server.unreachable, api.answer.late, api.answer.invalid (network)
 */
export function vigilClient(options: ClientOptions): VigilClient {
  const nouns: Record<string, unknown> = {};
  for (const [noun, routes] of Object.entries(api)) {
    const verbs: Record<string, unknown> = {};
    for (const [verb, route] of Object.entries<Route>(routes)) {
      verbs[verb] = (call: AnyCall = {}) => perform(options, route, call);
    }
    nouns[noun] = verbs;
  }
  nouns["watch"] = watchFeed({
    clock: options.clock ?? systemClock(),
    open: (path, signal) => send(options, path, { headers: headersOf(options), signal }),
  });
  // The loop above made exactly one function for each route of `api`, which is what the type says.
  return nouns as VigilClient;
}

async function perform(options: ClientOptions, route: Route, call: AnyCall): Promise<unknown> {
  const clock = options.clock ?? systemClock();
  using limit = clock.deadline(
    route.limitMs ?? options.timeoutMs ?? 30_000,
    () => fail("api.answer.late"),
    call.signal,
  );
  const path = `/api${pathOf(route.path, call.params)}${searchOf(call.query)}`;
  const headers = headersOf(options);
  const init: RequestInit = { method: route.method, headers, signal: limit.signal };
  if (call.body instanceof Uint8Array && route.takesBytes === true) {
    headers["content-type"] = "application/octet-stream";
    // What the route declares is a Uint8Array over memory that is not shared.
    init.body = call.body as Uint8Array<ArrayBuffer>;
  } else if (call.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(call.body);
  }
  const response = await send(options, path, init);
  if (response.status === 204) return null;
  // Border: the server checks its replies against the same declaration before it sends them.
  return jsonOf(response, limit.signal);
}

function headersOf(options: ClientOptions): Record<string, string> {
  const authorization = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const agent = options.agent === undefined ? {} : { "user-agent": options.agent };
  return { accept: "application/json", ...agent, ...authorization };
}

function pathOf(path: string, params: object = {}): string {
  const values = new Map(Object.entries(params));
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? "")));
}

function searchOf(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? "" : `?${search}`;
}

/** Sends one request. @returns the answer's head, when it is a good one */
async function send(options: ClientOptions, path: string, init: RequestInit): Promise<Response> {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  let response: Response;
  try {
    // A redirect would carry the API key to wherever it points.
    response = await (options.fetch ?? fetch)(baseUrl + path, { redirect: "error", ...init });
  } catch (cause) {
    throw reasonOf(init.signal, cause) ?? fail("api.server.unreachable", { cause, details: { url: baseUrl } });
  }
  if (response.ok) return response;
  const error = errorOf(await jsonOf(response, init.signal));
  throw error ?? fail("api.answer.invalid", { details: { status: response.status } });
}

async function jsonOf(response: Response, signal: AbortSignal | null | undefined): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw reasonOf(signal, cause) ?? fail("api.server.unreachable", { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail("api.answer.invalid", { cause, details: { status: response.status } });
  }
}

/** Why a request was given up, when it was: the caller's own reason, or that the time was over. */
function reasonOf(signal: AbortSignal | null | undefined, cause: unknown): Error | undefined {
  if (signal?.aborted !== true) return undefined;
  return signal.reason instanceof Error ? signal.reason : new Error("aborted", { cause });
}
