/** A disk as the host's programs see it. */
export interface BlockDevice {
  /** Makes it ready. @throws DiskFailure */
  open(): Promise<Medium>;
  /** @throws DiskFailure */
  read(block: number, blocks: number): Promise<Uint8Array>;
  /** @param bytes whole blocks @throws DiskFailure */
  write(block: number, bytes: Uint8Array): Promise<void>;
}

export interface Medium {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly isWritable: boolean;
}

/** A disk did not do what it was told. */
export class DiskFailure extends Error {
  override readonly name = "DiskFailure";
}
