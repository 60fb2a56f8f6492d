import type { Socket } from "node:net";
import { duplexPair, type Duplex } from "node:stream";
import type { Listeners } from "./endpoints/listeners.ts";
import { HttpConnection, type HttpDevice } from "./endpoints/http.ts";
import { EventSender } from "./endpoints/events.ts";
import { HelloSender, type HelloGate, type HelloTarget } from "./endpoints/hello.ts";
import { RedirectionConnection, type RedirectionDevice } from "./endpoints/redirection.ts";
import { Login } from "./endpoints/login.ts";
import { ScreenConnection, type ScreenDevice } from "./endpoints/screen.ts";
import type { KerberosLogin } from "./kerberos/kerberos-login.ts";
import { HostInterface } from "./firmware/host-interface.ts";
import type { UsbStick } from "./firmware/usb-stick.ts";
import type { TlsEndpoint } from "./endpoints/tls.ts";
import { Faults } from "./faults.ts";
import type { Flash } from "./flash.ts";
import { Firmware, type Caller, type FirmwareOptions } from "./firmware.ts";

/** Ports as the firmware knows them, and where they are really opened: a test may have to use others. */
export interface PortMap {
  readonly plain: number;
  readonly tls: number;
  /** Absent: nobody can dial those. */
  readonly redirection?: { readonly plain: number; readonly tls: number; readonly screen: number };
}

export interface DeviceDeps {
  readonly listeners: Listeners;
  readonly tls: TlsEndpoint;
  readonly flash: Flash;
  readonly gate: HelloGate;
  readonly ports: PortMap;
  readonly hello?: HelloTarget;
  readonly firmware: Omit<FirmwareOptions, "saved" | "identity">;
}

/** Connections of one device; firmware has few. UNVERIFIED how many. */
const mostConnections = 16;
/** A connection that says nothing for this long is ended. UNVERIFIED. */
const idleLimitMs = 60_000;

/** What the host's own software dials. @source protocols F.4 */
const localPorts = { plain: 16_992, tls: 16_993 } as const;
const redirectionPorts = { plain: 16_994, tls: 16_995, screen: 5_900 } as const;

type Serve = (stream: Duplex, via: Omit<Caller, "username">) => void;

/** One virtual device at one address. */
export class VirtualDevice implements HttpDevice, RedirectionDevice, ScreenDevice {
  readonly address: string;
  readonly firmware: Firmware;
  readonly faults: Faults;
  readonly login: Login;
  readonly kerberos: KerberosLogin;
  /** What the host's own software may ask over the firmware's bus. */
  readonly host: HostInterface;
  /** Requests that came, counted since the start. */
  requests = 0;
  readonly #deps: DeviceDeps;
  readonly #hello: HelloSender | undefined;
  readonly #events: EventSender;
  readonly #connections = new Set<HttpConnection | RedirectionConnection | ScreenConnection>();
  readonly #sockets = new Set<Duplex>();
  readonly #locals = new Set<Duplex>();
  readonly #open = new Set<number>();
  #isDirty = false;
  #willSettle = false;
  #settling: Promise<void> = Promise.resolve();

  constructor(address: string, identity: FirmwareOptions["identity"], deps: DeviceDeps) {
    this.address = address;
    this.#deps = deps;
    const saved = deps.flash.load(identity.uuid);
    this.firmware = new Firmware({ ...deps.firmware, identity, ...(saved === undefined ? {} : { saved }) });
    this.login = new Login(this.firmware);
    this.kerberos = this.login.kerberos;
    this.host = new HostInterface(this.firmware);
    this.#events = new EventSender(this.firmware);
    this.faults = new Faults(() => void this.settlePorts());
    this.#hello =
      deps.hello === undefined
        ? undefined
        : new HelloSender({
            firmware: this.firmware,
            address,
            target: deps.hello,
            gate: deps.gate,
            faults: this.faults,
            onWindowClosed: () => void this.settlePorts(),
          });
    this.firmware.onChange(() => this.#changed());
  }

  /** Opens its ports and, when it is not provisioned, begins to send hellos. @param helloAfterMs until the first; absent: when its state changes, or its cord is pulled */
  async start(helloAfterMs?: number): Promise<void> {
    // Starting the program is plugging the machine in.
    if (!this.firmware.isSilent) this.firmware.beginWindow();
    await this.settlePorts();
    if (this.firmware.mode !== "post" && helloAfterMs !== undefined) this.#hello?.start(helloAfterMs);
  }

  /** As if its power cord had been pulled and plugged in: the hello window opens anew. */
  replug(): void {
    this.dropConnections();
    this.firmware.beginWindow();
    if (this.firmware.mode !== "post") this.#hello?.start();
  }

  /** Opens and closes ports until they are as the firmware says. */
  settlePorts(): Promise<void> {
    this.#settling = this.#settling.then(() => this.#settle());
    return this.#settling;
  }

  /** Connections that are open now, handshakes under way included. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** A connection to one of its ports. */
  async accept(port: number, socket: Socket): Promise<void> {
    socket.on("error", () => socket.destroy());
    const { ports } = this.#deps;
    const { plain, tls, screen } = ports.redirection ?? {};
    const isPlain = port === ports.plain || port === plain || port === screen;
    const serve = port === screen ? this.#show : port === plain || port === tls ? this.#redirect : this.#serve;
    const isRefused = this.faults.refuses(isPlain ? "plain" : "tls");
    if (this.#sockets.size >= mostConnections || isRefused) return void socket.resetAndDestroy();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // Read, or the end that the other side sends would never be seen.
    if (this.faults.isMute) return void socket.resume();
    await this.#welcome(socket, isPlain, serve);
  }

  /**
   * A stream to one of its ports as if it came over the network, without one: for tests that need no addresses.
   * @param port as the firmware knows it @throws ECONNREFUSED when nothing listens there
   */
  async dialFromAfar(port: number): Promise<Duplex> {
    await this.settlePorts();
    const { plain, tls, screen } = redirectionPorts;
    const isPlain = port === localPorts.plain || port === plain || port === screen;
    const serve = port === screen ? this.#show : port === plain || port === tls ? this.#redirect : this.#serve;
    if (!this.firmware.isOpen(port) || this.faults.refuses(isPlain ? "plain" : "tls")) {
      throw Object.assign(new Error(`nothing listens on ${port}`), { code: "ECONNREFUSED" });
    }
    const [near, far] = this.#openPair();
    void this.#welcome(far, isPlain, serve);
    return near;
  }

  /** Two ends of a stream without a socket; the far one, the device's, is closed with it. */
  #openPair(): [near: Duplex, far: Duplex] {
    const [near, far] = duplexPair();
    near.on("error", () => near.destroy());
    far.on("error", () => far.destroy());
    this.#locals.add(far);
    far.once("close", () => this.#locals.delete(far));
    return [near, far];
  }

  /**
   * A stream from the machine's own host to its firmware, past the network: what the local manageability service gives on 127.0.0.1.
   * A release that speaks TLS alone does so here too.
   * @throws ECONNREFUSED for another port than that
   */
  async dialLocally(port: number): Promise<Duplex> {
    const isSecure = this.firmware.isTlsOnly;
    if (port !== (isSecure ? localPorts.tls : localPorts.plain)) {
      throw Object.assign(new Error(`nothing listens on ${port}`), { code: "ECONNREFUSED" });
    }
    const [near, far] = this.#openPair();
    const via = { channel: "local", hasSetupCertificate: false } as const;
    if (!isSecure) this.#serve(far, via);
    else void this.#deps.tls.accept(this.firmware, far).then((secured) => secured && this.#serve(secured.stream, via));
    return Promise.resolve(near);
  }

  /** Its machine boots with that stick in. @returns whether it took a record; then it asks to be set up */
  bootFrom(stick: UsbStick): boolean {
    if (!stick.boot(this.firmware)) return false;
    this.replug();
    return true;
  }

  save(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.#deps.flash.save(this.firmware.uuid, this.firmware.state);
  }

  dropConnections(): void {
    for (const stream of [...this.#sockets, ...this.#locals]) stream.destroy();
  }

  countRequest(): void {
    this.requests += 1;
  }

  /** Ends connections that nobody uses. @param nowMs on the monotonic clock */
  sweep(nowMs: number): void {
    for (const one of this.#connections) if (!one.isBusy && nowMs - one.lastActiveMs > idleLimitMs) one.destroy();
  }

  stop(): void {
    this.#hello?.stop();
    this.#events.stop();
    this.firmware.stop();
    this.dropConnections();
    this.save();
  }

  async #welcome(stream: Duplex, isPlain: boolean, serve: Serve): Promise<void> {
    if (isPlain) return serve(stream, { channel: "plain", hasSetupCertificate: false });
    const secured = await this.#deps.tls.accept(this.firmware, stream);
    if (secured === undefined) return;
    const { stream: inner, ...proof } = secured;
    serve(inner, { channel: "tls", ...proof });
  }

  readonly #serve: Serve = (stream, via) => this.#keep(stream, new HttpConnection(this, stream, via));

  readonly #redirect: Serve = (stream, via) => this.#keep(stream, new RedirectionConnection(this, stream, via));

  readonly #show: Serve = (stream, via) => this.#keep(stream, new ScreenConnection(this, stream, via));

  #keep(stream: Duplex, connection: HttpConnection | RedirectionConnection | ScreenConnection): void {
    this.#connections.add(connection);
    stream.once("close", () => this.#connections.delete(connection));
  }

  #changed(): void {
    if (this.firmware.mode !== "post" && this.#hello !== undefined && this.firmware.isSilent) this.#hello.start();
    if (!this.#isDirty) {
      this.#isDirty = true;
      // Requests save before they answer; this is for changes that time brought about.
      setImmediate(() => this.save());
    }
    // One that waits its turn will see this change, too; one that has begun may not.
    if (this.#willSettle) return;
    this.#willSettle = true;
    void this.settlePorts();
  }

  async #settle(): Promise<void> {
    this.#willSettle = false;
    const { ports, listeners } = this.#deps;
    const wanted: [port: number, shallBeOpen: boolean][] = [
      [ports.plain, this.firmware.isOpen(16_992) && !this.faults.refuses("plain")],
      [ports.tls, this.firmware.isOpen(16_993) && !this.faults.refuses("tls")],
    ];
    if (ports.redirection !== undefined) {
      wanted.push([ports.redirection.plain, this.firmware.isOpen(16_994) && !this.faults.refuses("plain")]);
      wanted.push([ports.redirection.tls, this.firmware.isOpen(16_995) && !this.faults.refuses("tls")]);
      wanted.push([ports.redirection.screen, this.firmware.isOpen(5_900) && !this.faults.refuses("plain")]);
    }
    for (const [port, shallBeOpen] of wanted) {
      if (shallBeOpen === this.#open.has(port)) continue;
      if (shallBeOpen) await listeners.open(this.address, port);
      else await listeners.close(this.address, port);
      if (shallBeOpen) this.#open.add(port);
      else this.#open.delete(port);
    }
  }
}
