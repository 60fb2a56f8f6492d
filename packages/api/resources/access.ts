import { Type, type Static } from "typebox";
import { permissions, route } from "../route.ts";
import { Moment } from "./common.ts";

export const SignedIn = Type.Object({
  name: Type.String(),
  role: Type.Literal("owner"),
  permissions: Type.Array(Type.Enum(permissions)),
});
export type SignedIn = Static<typeof SignedIn>;

/** An API key as listed: never the key itself. */
export const ApiKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** The first characters, to recognize it by. */
  start: Type.String(),
  createdAt: Moment,
});
export type ApiKey = Static<typeof ApiKey>;

export const access = {
  me: route({
    method: "GET",
    path: "/session",
    summary: "Who is signed in, and what they may do",
    permission: "device.read",
    reply: SignedIn,
  }),
  signIn: route({
    method: "POST",
    path: "/session",
    summary: "Signs a browser in with a one-time link's token; sets the session cookie",
    permission: "public",
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false }),
    reply: SignedIn,
    status: 201,
  }),
  signOut: route({
    method: "DELETE",
    path: "/session",
    summary: "Signs the browser out",
    permission: "public",
    reply: Type.Null(),
    status: 204,
  }),
  createLink: route({
    method: "POST",
    path: "/sign-in-links",
    summary: "Makes a link that signs a browser in, once",
    permission: "access.manage",
    reply: Type.Object({
      /** Goes behind the #: `<server>/sign-in#token=<token>`. */
      token: Type.String(),
      expiresAt: Moment,
    }),
    status: 201,
  }),
  keys: route({
    method: "GET",
    path: "/keys",
    summary: "Lists API keys",
    permission: "access.manage",
    reply: Type.Object({ items: Type.Array(ApiKey) }),
  }),
  createKey: route({
    method: "POST",
    path: "/keys",
    summary: "Makes an API key; the answer shows it this once",
    permission: "access.manage",
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 60 }) }, { additionalProperties: false }),
    reply: Type.Object({ ...ApiKey.properties, key: Type.String() }),
    status: 201,
  }),
  removeKey: route({
    method: "DELETE",
    path: "/keys/{id}",
    summary: "Removes an API key; whoever uses it is signed out",
    permission: "access.manage",
    params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
    reply: Type.Null(),
    status: 204,
  }),
  meta: route({
    method: "GET",
    path: "/meta",
    summary: "What this server is: version, mode and the ports it listens on",
    permission: "public",
    reply: Type.Object({
      version: Type.String(),
      mode: Type.Union([Type.Literal("lab"), Type.Literal("server")]),
      helloPort: Type.Integer(),
      startedAt: Moment,
    }),
  }),
};
