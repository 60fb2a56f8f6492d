import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { Bytes, Moment } from "./common.ts";

/** What an image is called, here and on the command line: a file's name without a folder. */
const ImageName = Type.String({ minLength: 1, maxLength: 100, pattern: "^[A-Za-z0-9][A-Za-z0-9._ ()+-]*$" });

/** The drive that an image goes into. */
const ImageKind = Type.Enum(["cd", "floppy"]);

/** Bytes of one part of an upload, at most. */
export const mostPartBytes = 4 * 1024 * 1024;

/** An image of the library: what devices may be shown. */
export const Image = Type.Object({
  name: ImageName,
  kind: ImageKind,
  bytes: Type.Integer(),
  /** Of all its bytes, lower-case hex. */
  sha256: Type.String(),
  addedBy: Type.String(),
  addedAt: Moment,
  /** Devices that it is being shown to now. */
  inUse: Type.Integer(),
});
export type Image = Static<typeof Image>;

/** How far an upload is. */
const Upload = Type.Object({ id: Type.String(), received: Type.Integer() });

const byName = Type.Object({ name: ImageName });
const byUpload = Type.Object({ id: Type.String({ format: "uuid" }) });

/** The library of images that devices can be booted from. */
export const images = {
  list: route({
    method: "GET",
    path: "/images",
    summary: "Lists the images of the library",
    permission: "image.read",
    reply: Type.Object({
      items: Type.Array(Image),
      /** Bytes that an image may have. */
      mostBytes: Type.Integer(),
      /** Bytes that are free where the library is kept. */
      freeBytes: Type.Integer(),
    }),
  }),
  begin: route({
    method: "POST",
    path: "/image-uploads",
    summary: "Begins an upload; its bytes follow part by part, then it is finished",
    permission: "image.write",
    body: Type.Object(
      { name: ImageName, kind: ImageKind, bytes: Type.Integer({ minimum: 1 }) },
      { additionalProperties: false },
    ),
    reply: Upload,
    status: 201,
  }),
  part: route({
    method: "PUT",
    path: "/image-uploads/{id}",
    summary: "Takes the bytes from an offset on, which is where the part before ended",
    permission: "image.write",
    params: byUpload,
    query: Type.Object({ offset: Type.Integer({ minimum: 0 }) }),
    body: Bytes,
    takesBytes: true,
    bodyBytes: mostPartBytes,
    reply: Upload,
    limitMs: 60_000,
  }),
  finish: route({
    method: "POST",
    path: "/image-uploads/{id}/finish",
    summary: "Puts what was uploaded into the library, once its content is what its kind says",
    permission: "image.write",
    params: byUpload,
    body: Type.Object(
      {
        /** What it has to be, when the sender knows; lower-case hex. */
        sha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$" })),
      },
      { additionalProperties: false },
    ),
    reply: Image,
    limitMs: 60_000,
  }),
  giveUp: route({
    method: "DELETE",
    path: "/image-uploads/{id}",
    summary: "Gives an upload up, and forgets what had come",
    permission: "image.write",
    params: byUpload,
    reply: Type.Null(),
    status: 204,
  }),
  remove: route({
    method: "DELETE",
    path: "/images/{name}",
    summary: "Takes an image out of the library; one that a device is being shown stays",
    permission: "image.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};
