export { newPskPair, parsePid, parsePps, withDashes, type PskPair } from "@vigil/wire/pid-pps.ts";
