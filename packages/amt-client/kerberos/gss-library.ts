import type { LibraryHandle } from "koffi";
import { fail } from "../errors.ts";

/** A security context of the library's; null until it has begun, and after it was released. */
export interface Context {
  handle: unknown;
}

/** How a call ended. @source RFC 2744, 3.9.1; krb5_err.et */
export interface GssStatus {
  readonly major: number;
  /** The Kerberos library's own number, with its sign. */
  readonly minor: number;
  /** Both in words. */
  readonly text: string;
  /** True when the other side has to answer now. */
  readonly isGoing: boolean;
  readonly token: Uint8Array;
}

const fileName = "libgssapi_krb5.so.2";

/** Object identifiers. @source RFC 4121; RFC 1964, 2.1.1 */
const kerberos = Buffer.from("2a864886f712010202", "hex");
const principalName = Buffer.from("2a864886f71201020201", "hex");

/** @source RFC 2744, appendix A */
const GSS_C_MUTUAL_FLAG = 2;
const GSS_C_GSS_CODE = 1;
const GSS_C_MECH_CODE = 2;
const GSS_S_CONTINUE_NEEDED = 1;

/** Chosen: a ticket with a thousand groups has some 12 KiB. */
const mostTokenBytes = 64 * 1024;

type Koffi = (typeof import("koffi"))["default"];
type NativeFunction = ReturnType<LibraryHandle["func"]>;

/** MIT's GSS-API, called in threads of its own. @source RFC 2744 */
export class GssLibrary {
  readonly #koffi: Koffi;
  readonly #functions: Readonly<Record<FunctionName, NativeFunction>>;

  private constructor(koffi: Koffi, functions: Readonly<Record<FunctionName, NativeFunction>>) {
    this.#koffi = koffi;
    this.#functions = functions;
  }

  /** @throws amt.kerberos.library */
  static async load(): Promise<GssLibrary> {
    try {
      const koffi = await import("koffi");
      return new GssLibrary(koffi.default, functionsIn(koffi.default));
    } catch (cause) {
      throw fail("amt.kerberos.library", { details: { library: fileName }, cause });
    }
  }

  /** Makes the first token for that service, or takes the other side's reply to it. */
  async step(serviceName: string, context: Context, reply?: Uint8Array): Promise<GssStatus> {
    const name: unknown[] = [null];
    const wrong = await this.#import(serviceName, name);
    if (wrong !== undefined) return wrong;
    try {
      return await this.#init(name[0], context, reply);
    } finally {
      await call(this.#functions.gss_release_name, [[0], name]);
    }
  }

  async release(context: Context): Promise<void> {
    if (context.handle === null) return;
    const { handle } = context;
    context.handle = null;
    await call(this.#functions.gss_delete_sec_context, [[0], [handle], null]);
  }

  async #init(name: unknown, context: Context, reply: Uint8Array | undefined): Promise<GssStatus> {
    const minor = [0];
    const handle = [context.handle];
    const output: Output = {};
    const input = reply === undefined ? null : bufferOf(reply);
    const mechanism = oidOf(kerberos);
    const rest = [null, output, null, null];
    const args = [minor, null, handle, name, mechanism, GSS_C_MUTUAL_FLAG, 0, null, input, ...rest];
    const major = await call(this.#functions.gss_init_sec_context, args);
    context.handle = handle[0];
    return this.#status(major, minor, await this.#take(output));
  }

  /** @returns what went wrong */
  async #import(serviceName: string, name: unknown[]): Promise<GssStatus | undefined> {
    const minor = [0];
    // An empty realm lets the user's own KDC say where the service is: a forest has several. @source MIT krb5 "krb5_parse_name"
    const principal = serviceName.includes("@") ? serviceName : `${serviceName}@`;
    const bytes = bufferOf(Buffer.from(principal, "utf8"));
    const major = await call(this.#functions.gss_import_name, [minor, bytes, oidOf(principalName), name]);
    return major === 0 ? undefined : this.#status(major, minor, new Uint8Array());
  }

  async #status(major: number, minor: readonly number[], token: Uint8Array): Promise<GssStatus> {
    const [own = 0] = minor;
    const isGoing = major === GSS_S_CONTINUE_NEEDED;
    const words =
      major === 0 || isGoing ? [] : [await this.#words(major, GSS_C_GSS_CODE), await this.#words(own, GSS_C_MECH_CODE)];
    return { major, minor: own | 0, text: words.join("; "), isGoing, token };
  }

  async #words(value: number, kind: number): Promise<string> {
    const output: Output = {};
    const major = await call(this.#functions.gss_display_status, [[0], value, kind, oidOf(kerberos), [0], output]);
    return major === 0 ? Buffer.from(await this.#take(output)).toString("utf8") : String(value);
  }

  /** Copies what the library allocated, and gives it back. @throws amt.kerberos.failed */
  async #take(output: Output): Promise<Uint8Array> {
    const length = Number(output.length ?? 0);
    if (length === 0) return new Uint8Array();
    try {
      if (length > mostTokenBytes)
        throw fail("amt.kerberos.failed", { details: { bytes: length, maxBytes: mostTokenBytes } });
      return Uint8Array.from(new Uint8Array(this.#koffi.view(output.value, length)));
    } finally {
      await call(this.#functions.gss_release_buffer, [[0], output]);
    }
  }
}

/** gss_buffer_desc as the library fills it. */
interface Output {
  readonly length?: number | bigint;
  readonly value?: unknown;
}

function bufferOf(bytes: Uint8Array): { readonly length: number; readonly value: Uint8Array } {
  return { length: bytes.length, value: bytes };
}

function oidOf(bytes: Uint8Array): { readonly length: number; readonly elements: Uint8Array } {
  return { length: bytes.length, elements: bytes };
}

/** In a thread beside. What is passed is kept from being collected until the call has ended. */
async function call(target: NativeFunction, args: readonly unknown[]): Promise<number> {
  const held = [...args];
  const result: unknown = await new Promise((resolve, reject) => {
    target.async(...held, (error: unknown, value: unknown) => (error === null ? resolve(value) : reject(error)));
  });
  held.length = 0;
  return Number(result);
}

type FunctionName =
  | "gss_import_name"
  | "gss_init_sec_context"
  | "gss_display_status"
  | "gss_release_name"
  | "gss_release_buffer"
  | "gss_delete_sec_context";

function functionsIn(koffi: Koffi): Readonly<Record<FunctionName, NativeFunction>> {
  const library = koffi.load(fileName);
  const buffer = koffi.struct({ length: "size_t", value: "void *" });
  const oid = koffi.struct({ length: "uint32_t", elements: "void *" });
  const minor = koffi.out(koffi.pointer("uint32_t"));
  const pointers = koffi.pointer("void *");
  const oids = koffi.pointer(oid);
  const buffers = koffi.pointer(buffer);
  const of = (name: FunctionName, args: Parameters<LibraryHandle["func"]>[3]): NativeFunction =>
    library.func(name, "uint32_t", args);
  return {
    gss_import_name: of("gss_import_name", [minor, buffers, oids, koffi.out(pointers)]),
    gss_init_sec_context: of("gss_init_sec_context", [
      minor,
      "void *",
      koffi.inout(pointers),
      "void *",
      oids,
      "uint32_t",
      "uint32_t",
      "void *",
      buffers,
      "void *",
      koffi.out(buffers),
      "void *",
      "void *",
    ]),
    gss_display_status: of("gss_display_status", [
      minor,
      "uint32_t",
      "int",
      oids,
      koffi.inout(koffi.pointer("uint32_t")),
      koffi.out(buffers),
    ]),
    gss_release_name: of("gss_release_name", [minor, koffi.inout(pointers)]),
    gss_release_buffer: of("gss_release_buffer", [minor, koffi.inout(buffers)]),
    gss_delete_sec_context: of("gss_delete_sec_context", [minor, koffi.inout(pointers), "void *"]),
  };
}
