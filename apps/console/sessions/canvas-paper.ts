import type { Rectangle } from "@vigil/wire/redirection/kvm.ts";
import type { Paper } from "./screen-speaker.ts";

/** A canvas that a page has handed over. */
export class CanvasPaper implements Paper {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D | null;
  #image: ImageData | undefined;

  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
    // The picture has no holes: the browser need not mix it with what is below.
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  resize(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  draw(rgba: Uint8ClampedArray<ArrayBuffer>, width: number, height: number, changed: Rectangle): void {
    if (width === 0 || height === 0) return;
    if (this.#image?.data !== rgba) this.#image = new ImageData(rgba, width, height);
    this.#context?.putImageData(this.#image, 0, 0, changed.x, changed.y, changed.width, changed.height);
  }

  onFrame(run: () => void): void {
    requestAnimationFrame(run);
  }
}
