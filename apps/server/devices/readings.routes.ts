import { readings as routes } from "@vigil/api/resources/readings.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Readings } from "./readings.ts";

const pageSize = 100;

export function readingRoutes(readings: Readings): readonly RouteBinding[] {
  return [
    bind(routes.log, ({ params, query }) =>
      readings.log(params.id, params.log, { ...query, offset: query.offset ?? 0, limit: query.limit ?? pageSize }),
    ),
    bind(routes.readLog, ({ params, signal }) => readings.readLog(params.id, params.log, signal)),
    bind(routes.hardware, ({ params }) => readings.hardware(params.id)),
    bind(routes.readHardware, ({ params, signal }) => readings.readHardware(params.id, signal)),
  ];
}
