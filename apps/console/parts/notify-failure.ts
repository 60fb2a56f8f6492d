import { notifications } from "@mantine/notifications";
import { failureOf } from "../queries.ts";

/** Says in the corner why a command failed. */
export function notifyFailure(error: unknown): void {
  const { message, next, code } = failureOf(error);
  notifications.show({ color: "red", title: message, message: `${next}. (${code})` });
}
