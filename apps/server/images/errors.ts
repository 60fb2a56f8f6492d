import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with an image of the library, or with bringing one. */
export const imagesErrors = {
  "images.unknown": {
    side: "caller",
    title: "The library has no such image",
    next: "List the images; only what is in the library is shown to devices",
    runbook: true,
  },
  "images.taken": {
    side: "caller",
    title: "The library has another image of that name",
    next: "Choose another name, or remove that image first",
    runbook: true,
  },
  "images.too-large": {
    side: "caller",
    title: "The image is larger than an image may be",
    next: "Boot such a machine from the network instead",
    runbook: true,
  },
  "images.space.short": {
    side: "ours",
    title: "There is no room for the image where the library is kept",
    next: "Remove images that nobody needs, or give the data folder more room",
    runbook: true,
  },
  "images.content.wrong": {
    side: "caller",
    title: "What was uploaded is not an image of that kind",
    next: "Look at the file: a CD is an ISO 9660 image, a floppy a whole number of blocks of 512 bytes",
    runbook: true,
  },
  "images.upload.broken": {
    side: "caller",
    title: "The upload is not known, or its parts do not follow one another",
    next: "Upload the file again from its beginning",
    runbook: true,
  },
  "images.in-use": {
    side: "caller",
    title: "Devices are being shown the image",
    next: "End those boots first, or wait until they have ended",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(imagesErrors);
