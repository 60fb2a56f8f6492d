import { createServer, type Server, type Socket } from "node:net";
import { fail } from "../errors.ts";

/** Told of every connection to an open port. */
export type OnConnection = (address: string, port: number, socket: Socket) => void;

/** Opens and closes the ports of devices by their addresses. */
export interface Listeners {
  open(address: string, port: number): Promise<void>;
  close(address: string, port: number): Promise<void>;
  stop(): Promise<void>;
}

/** Connections that wait to be accepted; a scan of a whole fleet comes in one burst. */
const backlog = 1_024;

/** One listener for each device and open port: a closed port refuses as a real one does. @throws virtual.fleet.address (caller) */
export class OwnListeners implements Listeners {
  readonly #servers = new Map<string, Server>();
  readonly #onConnection: OnConnection;

  constructor(onConnection: OnConnection) {
    this.#onConnection = onConnection;
  }

  async open(address: string, port: number): Promise<void> {
    const name = `${address}:${port}`;
    if (this.#servers.has(name)) return;
    const server = createServer({ noDelay: true }, (socket) => this.#onConnection(address, port, socket));
    this.#servers.set(name, server);
    await listen(server, address, port);
  }

  async close(address: string, port: number): Promise<void> {
    const name = `${address}:${port}`;
    const server = this.#servers.get(name);
    this.#servers.delete(name);
    await closed(server);
  }

  async stop(): Promise<void> {
    const all = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(all.map((server) => closed(server)));
  }
}

/**
 * One listener for each port, whatever the address: the way for thousands. The address that was dialled tells the device.
 * A closed port resets the connection at once; only its first packet differs from a refusal.
 */
export class SharedListeners implements Listeners {
  readonly #onConnection: OnConnection;
  readonly #open = new Set<string>();
  readonly #servers = new Map<number, Promise<Server>>();
  readonly #allowsAll: boolean;

  /** @param allowsAll false: connections to other than 127.0.0.0/8 are refused */
  constructor(onConnection: OnConnection, allowsAll: boolean) {
    this.#onConnection = onConnection;
    this.#allowsAll = allowsAll;
  }

  async open(address: string, port: number): Promise<void> {
    this.#open.add(`${address}:${port}`);
    const server = this.#servers.get(port) ?? this.#listen(port);
    this.#servers.set(port, server);
    await server;
  }

  close(address: string, port: number): Promise<void> {
    this.#open.delete(`${address}:${port}`);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#open.clear();
    const all = await Promise.all(this.#servers.values());
    await Promise.all(all.map((server) => closed(server)));
  }

  async #listen(port: number): Promise<Server> {
    const server = createServer({ noDelay: true }, (socket) => {
      const address = socket.localAddress ?? "";
      const isAllowed = this.#allowsAll || address.startsWith("127.");
      if (isAllowed && this.#open.has(`${address}:${port}`)) this.#onConnection(address, port, socket);
      else socket.resetAndDestroy();
    });
    await listen(server, "0.0.0.0", port);
    return server;
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(fail("virtual.fleet.address", { details: { address: host, port, error: cause.code ?? "" }, cause }));
    });
    server.listen({ host, port, backlog }, () => resolve());
  });
}

/** Stops listening; connections that are there go on. */
function closed(server: Server | undefined): Promise<void> {
  server?.close();
  return Promise.resolve();
}
