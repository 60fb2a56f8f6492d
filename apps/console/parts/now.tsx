import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { ageOf, momentOf, shortMomentOf } from "../ages.ts";

const NowContext = createContext(0);

/** Chosen: ages under a minute count in tens of seconds, and everything else in minutes. */
const tickMs = 10_000;

/** One clock for every age on the page. */
export function NowProvider({ children }: { readonly children: ReactNode }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={now}>{children}</NowContext>;
}

export function useNow(): number {
  return useContext(NowContext);
}

/** "4 min ago", and the moment with its zone on hover. */
export function Age({ at, none = "never" }: { readonly at: string | null; readonly none?: string }) {
  const now = useNow();
  if (at === null) return <span className="dim">{none}</span>;
  return (
    <time dateTime={at} title={momentOf(at)}>
      {ageOf(at, now)}
    </time>
  );
}

/** The time of day, with the date where that is another, and the moment with its zone on hover. */
export function When({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={momentOf(at)}>
      {shortMomentOf(at, now)}
    </time>
  );
}
