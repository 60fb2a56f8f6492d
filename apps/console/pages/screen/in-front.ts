/** Where menus and dialogs go, for their portal: with a full screen nothing outside of it is seen. */
export function inFront(): { readonly target?: HTMLElement } {
  const { fullscreenElement } = document;
  return fullscreenElement instanceof HTMLElement ? { target: fullscreenElement } : {};
}
