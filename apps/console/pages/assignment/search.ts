export const assignmentTabs = ["rules", "entries", "explain"] as const;

/** Which part of the page, and which device is explained; absent: the first, and none. */
export interface AssignmentSearch {
  tab?: (typeof assignmentTabs)[number];
  device?: string;
}

export function assignmentSearch(given: Readonly<Record<string, unknown>>): AssignmentSearch {
  const tab = assignmentTabs.find((one) => one === given["tab"]);
  const { device } = given;
  return {
    ...(tab === undefined || tab === "rules" ? {} : { tab }),
    ...(tab === "explain" && typeof device === "string" && device.length <= 36 ? { device } : {}),
  };
}
