import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/empty.tsx";

/** An address that is nobody's. */
export function NotFound() {
  return (
    <main className="alone">
      <Empty title="There is no such page">
        <Link to="/">Go to the fleet</Link>
      </Empty>
    </main>
  );
}
