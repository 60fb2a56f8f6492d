import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a value of a CIM class. */
export const modelErrors = {
  "model.value.invalid": {
    side: "device",
    title: "A value does not fit its type in the CIM model",
    next: "Compare the device's answer with the class in docs/protocol; a newer firmware may have changed it",
  },
  "model.property.missing": {
    side: "device",
    title: "An answer lacks a property that the CIM class always has",
    next: "Compare the device's answer with the class in docs/protocol; a newer firmware may have changed it",
  },
  "model.class.unknown": {
    side: "ours",
    title: "A class of that name is not in the CIM model",
    next: "Use a class that docs/protocol lists",
  },
  "model.method.unknown": {
    side: "ours",
    title: "The class has no such method",
    next: "Use a method that docs/protocol lists for the class",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(modelErrors);
