import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";

interface PageProps {
  readonly title: string;
  /** The page above this one. */
  readonly above?: {
    readonly to:
      | "/"
      | "/by-address"
      | "/jobs"
      | "/jobs/named"
      | "/jobs/schedules"
      | "/jobs/compliance"
      | "/profiles"
      | "/sessions";
    readonly title: string;
  };
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: where we are, its title, what can be done, and the content. */
export function Page({ title, above, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Vigil`;
  }, [title]);
  return (
    <main className="page" aria-label={title}>
      <header className="page-head">
        {above === undefined ? null : (
          <nav aria-label="Breadcrumb">
            <Link to={above.to}>{above.title}</Link>
            <span className="dim" aria-hidden>
              /
            </span>
          </nav>
        )}
        <h1 className="clip">{title}</h1>
        <div className="page-actions">{actions}</div>
      </header>
      {children}
    </main>
  );
}
