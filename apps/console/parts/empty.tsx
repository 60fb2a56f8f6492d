import type { ReactNode } from "react";

/** Nothing here: what would be, and the one thing that fills it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children === undefined ? null : <div className="dim">{children}</div>}
    </div>
  );
}

/** Rows on their way, in their places. */
export function Waiting({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div aria-busy="true" aria-label="Loading" role="status" className="waiting">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="skeleton" style={{ width: `${30 + ((index * 23) % 50)}%` }} />
      ))}
    </div>
  );
}
