import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Exploration, Explored } from "@vigil/api/resources/explorer.ts";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** The last question and how it ended. */
interface Asked {
  readonly asked?: Exploration;
  readonly answer?: Explored;
  readonly error: unknown;
  readonly isAsking: boolean;
}

export interface Asking extends Asked {
  readonly ask: (request: Exploration) => void;
  /** Gives up on the question under way. */
  readonly stop: () => void;
}

const nothing: Asked = { error: null, isAsking: false };

/**
 * Asks one device, one question at a time, never twice by itself. The last answer is kept for who comes back to the tab; the
 * question is kept without the arguments, for one of them may be a password. Leaving the page ends a reading under way, and no call.
 */
export function useAsking(device: string): Asking {
  const server = useServer();
  const cache = useQueryClient();
  const [state, setState] = useState<Asked>(() => cache.getQueryData<Asked>(keys.explored(device)) ?? nothing);
  const under = useRef<AbortController>(undefined);
  const latest = useRef<AbortController>(undefined);
  const stop = (): void => under.current?.abort(new Error("nobody waits for it any more"));
  useEffect(() => () => under.current?.abort(new Error("the page was left")), []);

  const ask = (request: Exploration): void => {
    const { input: _input, ...asked } = request;
    const mine = new AbortController();
    // Who gives up on a call does not learn how it ended.
    under.current = request.verb === "invoke" ? undefined : mine;
    latest.current = mine;
    setState({ asked, error: null, isAsking: true });
    const end = (next: Asked): void => {
      if (latest.current !== mine) return;
      cache.setQueryData<Asked>(keys.explored(device), next);
      setState(next);
      if (request.verb === "invoke") void cache.invalidateQueries({ queryKey: keys.timeline(device) });
    };
    server.explorer.explore({ params: { id: device }, body: request, signal: mine.signal }).then(
      (answer) => end({ asked, answer, error: null, isAsking: false }),
      (error: unknown) => end(mine.signal.aborted ? nothing : { asked, error, isAsking: false }),
    );
  };
  return { ...state, ask, stop };
}
