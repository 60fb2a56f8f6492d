import { useEffect, useRef, type PointerEvent as ReactPointerEvent } from "react";
import { useWatched } from "../../parts/watched.ts";
import { keysymOf } from "../../sessions/keysym-of.ts";
import { isLeaving } from "../../sessions/leaving-key.ts";
import type { ScreenSession } from "../../sessions/screen-session.ts";
import type { Scaling } from "./screen-bar.tsx";

/** Buttons of a wheel in RFB. @source RFC 6143, 7.5.5 */
const wheel = { up: 8, down: 16 } as const;

interface ViewProps {
  readonly session: ScreenSession;
  readonly scaling: Scaling;
  readonly onLeave: () => void;
}

/** The picture. While it has the focus all keys go to the device, but those that leave it. */
export function ScreenView({ session, scaling, onLeave }: ViewProps) {
  const canvas = useWatched(session.canvas);
  const { width, height, isViewOnly } = useWatched(session.state);
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (holder.current === null || canvas === undefined) return undefined;
    holder.current.replaceChildren(canvas);
    holder.current.focus();
    return () => canvas.remove();
  }, [canvas]);
  useEffect(() => {
    holder.current?.style.setProperty("--proportion", String(height === 0 ? 1 : width / height));
  }, [width, height]);
  useKeyboard(holder, session, onLeave);
  useWheel(holder, session, width);
  const point = (event: ReactPointerEvent): void => {
    const { x, y } = placeOf(event, canvas, width);
    session.input({ type: "pointer", x, y, buttons: buttonsOf(event.buttons) });
  };
  return (
    <div
      ref={holder}
      className="session-screen"
      data-scaling={scaling}
      data-input={!isViewOnly}
      role="application"
      aria-label={`Screen of the device, ${width} by ${height} pixels. Keys go to it; Control and ] leave it.`}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerMove={point}
      onPointerDown={(event) => {
        holder.current?.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        point(event);
      }}
      onPointerUp={point}
      onContextMenu={(event) => event.preventDefault()}
    />
  );
}

/** Every key that goes down comes up again as the same one, at the latest when the focus goes. */
function useKeyboard(
  holder: React.RefObject<HTMLDivElement | null>,
  session: ScreenSession,
  onLeave: () => void,
): void {
  const latest = useRef(onLeave);
  useEffect(() => {
    latest.current = onLeave;
  });
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const held = new Map<string, number>();
    const release = (): void => {
      for (const keysym of held.values()) session.input({ type: "key", keysym, isDown: false });
      held.clear();
    };
    const onDown = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      if (isLeaving(event)) {
        release();
        return latest.current();
      }
      const keysym = held.get(event.code) ?? keysymOf(event);
      if (keysym === undefined) return;
      held.set(event.code, keysym);
      session.input({ type: "key", keysym, isDown: true });
    };
    const onUp = (event: KeyboardEvent): void => {
      event.preventDefault();
      const keysym = held.get(event.code);
      if (keysym === undefined) return;
      held.delete(event.code);
      session.input({ type: "key", keysym, isDown: false });
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener("keydown", onDown, { signal });
    element.addEventListener("keyup", onUp, { signal });
    element.addEventListener("blur", release, { signal });
    return () => {
      release();
      stop.abort();
    };
  }, [holder, session]);
}

/** A wheel is two more buttons, each pressed for a moment. */
function useWheel(holder: React.RefObject<HTMLDivElement | null>, session: ScreenSession, width: number): void {
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      if (event.deltaY === 0) return;
      event.preventDefault();
      const at = placeOf(event, session.canvas.get(), width);
      const held = buttonsOf(event.buttons);
      session.input({ type: "pointer", ...at, buttons: held | (event.deltaY < 0 ? wheel.up : wheel.down) });
      session.input({ type: "pointer", ...at, buttons: held });
    };
    // React's own listeners may not keep the page from scrolling.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [holder, session, width]);
}

/** Where on the device's screen it is, whatever the picture is scaled to. */
function placeOf(
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
  canvas: HTMLCanvasElement | undefined,
  width: number,
): { readonly x: number; readonly y: number } {
  const box = canvas?.getBoundingClientRect();
  if (box === undefined || box.width === 0) return { x: 0, y: 0 };
  const scale = width / box.width;
  return { x: Math.floor((clientX - box.left) * scale), y: Math.floor((clientY - box.top) * scale) };
}

/** Left, middle and right, which a browser counts otherwise. @source RFC 6143, 7.5.5 */
function buttonsOf(buttons: number): number {
  return (buttons & 1) | ((buttons & 4) >> 1) | ((buttons & 2) << 1);
}
