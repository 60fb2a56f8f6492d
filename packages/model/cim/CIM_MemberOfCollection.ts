import { defineClass, reference } from "../define.ts";

/** Ties a member to its collection.  @source class catalogue */
export const CIM_MemberOfCollection = defineClass("CIM_MemberOfCollection", {
  properties: {
    Collection: reference("CIM_ManagedElement", { key: true }),
    Member: reference("CIM_ManagedElement", { key: true }),
  },
});
