import { mostTileSide } from "@vigil/wire/redirection/kvm-tile.ts";
import type { Rectangle } from "@vigil/wire/redirection/kvm.ts";
import { cell, isInk } from "./font.ts";

/** What a virtual host shows. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** False: all is black. */
  readonly isOn: boolean;
  readonly title: string;
  readonly clock: string;
  /** What was typed. */
  readonly lines: readonly string[];
  /** Left upper corner of the block that moves. */
  readonly block: { readonly x: number; readonly y: number };
  readonly pointer: { readonly x: number; readonly y: number; readonly buttons: number };
  /** Which picture of a film is behind all that; absent: it stands still. */
  readonly film?: number;
}

/** RGB565. */
const colours = {
  black: 0x00_00,
  bar: 0x21_a8,
  panel: 0x10_82,
  ink: 0xff_ff,
  block: 0xfd_20,
  pointer: 0xff_ff,
  pressed: 0xf8_00,
  /** From top to bottom, each as high as a tile. */
  ground: [0x03_2f, 0x03_4f, 0x03_6f, 0x03_8f, 0x03_af],
  /** Stripes of a film. */
  film: [0x00_1f, 0x07_e0, 0xf8_00, 0x07_ff, 0xf8_1f, 0xff_e0, 0x7b_ef, 0x39_e7],
} as const;

export const blockSide = 48;
/** Letters are drawn this many times as large as the font has them. */
const scale = 2;
export const barHeight = cell.height * scale + 8;
const pointerSide = 12;
const panelMargin = 16;

/**
 * The picture of a virtual host, RGB565, and which tiles of it have changed since somebody took them. Two layers: what stands still,
 * and above it what moves; so that moving costs no more than what it moves over.
 */
export class FrameBuffer {
  width = 0;
  height = 0;
  columns = 0;
  rows = 0;
  pixels: Uint16Array = new Uint16Array();
  #still: Uint16Array = new Uint16Array();
  #changed: Uint8Array = new Uint8Array();
  #shown: Scene | undefined;

  /** Draws what is different from the last scene. @returns whether the size is another one: then every tile has changed */
  draw(scene: Scene): boolean {
    const before = this.#shown;
    this.#shown = scene;
    const isOther = scene.width !== this.width || scene.height !== this.height;
    if (isOther) this.#resize(scene.width, scene.height);
    if (before === undefined || isOther || before.isOn !== scene.isOn || before.film !== scene.film) {
      this.#drawAll(scene);
      return isOther;
    }
    if (!scene.isOn) return false;
    if (before.title !== scene.title || before.clock !== scene.clock) this.#drawBar(scene);
    if (before.lines !== scene.lines) this.#drawPanel(scene);
    const hasMoved = !isSame(before.block, scene.block) || !isSame(before.pointer, scene.pointer);
    if (hasMoved) {
      this.#uncover(blockArea(before));
      this.#uncover(pointerArea(before));
    }
    this.#drawMoving(scene);
    if (!hasMoved) return false;
    this.#touch(blockArea(scene));
    this.#touch(pointerArea(scene));
    return false;
  }

  /** Whether the tile has changed since it was taken. */
  hasChanged(column: number, row: number): boolean {
    return this.#changed[row * this.columns + column] === 1;
  }

  /** Lets the tiles under an area count as changed. */
  touch(area: Rectangle): void {
    this.#touch(area);
  }

  /**
   * Copies a tile, which counts as unchanged from then on.
   * @param into takes its pixels, row by row
   */
  take(column: number, row: number, into: Uint16Array): Rectangle {
    this.#changed[row * this.columns + column] = 0;
    const x = column * mostTileSide;
    const y = row * mostTileSide;
    const width = Math.min(mostTileSide, this.width - x);
    const height = Math.min(mostTileSide, this.height - y);
    for (let line = 0; line < height; line += 1) {
      const from = (y + line) * this.width + x;
      into.set(this.pixels.subarray(from, from + width), line * width);
    }
    return { x, y, width, height };
  }

  #resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / mostTileSide);
    this.rows = Math.ceil(height / mostTileSide);
    this.pixels = new Uint16Array(width * height);
    this.#still = new Uint16Array(width * height);
    this.#changed = new Uint8Array(this.columns * this.rows);
  }

  #drawAll(scene: Scene): void {
    const { width, height } = this;
    this.#touch({ x: 0, y: 0, width, height });
    if (!scene.isOn) return void this.pixels.fill(colours.black);
    if (scene.film === undefined) this.#drawGround();
    else this.#drawFilm(scene.film);
    this.pixels.set(this.#still);
    this.#drawBar(scene);
    this.#drawPanel(scene);
    this.#drawMoving(scene);
  }

  #drawGround(): void {
    const { width, height } = this;
    for (let y = 0; y < height; y += mostTileSide) {
      const colour = colours.ground[(y / mostTileSide) % colours.ground.length] ?? 0;
      this.#still.fill(colour, y * width, Math.min(y + mostTileSide, height) * width);
    }
  }

  /** Stripes that go to the right by a pixel a frame: as many colours in each tile as a picture of few has. */
  #drawFilm(frame: number): void {
    const { width, height } = this;
    for (let x = 0; x < width; x += 1) {
      this.#still[x] = colours.film[((x + width - (frame % width)) >> 3) % colours.film.length] ?? 0;
    }
    for (let y = 1; y < height; y += 1) this.#still.copyWithin(y * width, 0, width);
  }

  #drawBar({ title, clock }: Scene): void {
    const area = { x: 0, y: 0, width: this.width, height: barHeight };
    this.#fill(this.#still, area, colours.bar);
    this.#write(title, 8, 4);
    this.#write(clock, this.width - 8 - clock.length * cell.width * scale, 4);
    this.#uncover(area);
  }

  #drawPanel({ lines }: Scene): void {
    const area = {
      x: panelMargin,
      y: barHeight + panelMargin,
      width: this.width - 2 * panelMargin,
      height: Math.min(this.height - barHeight - 2 * panelMargin, 17 * cell.height * scale),
    };
    this.#fill(this.#still, area, colours.panel);
    lines.forEach((line, index) => this.#write(line, area.x + 8, area.y + 8 + index * cell.height * scale));
    this.#uncover(area);
  }

  #drawMoving(scene: Scene): void {
    this.#fill(this.pixels, blockArea(scene), colours.block);
    this.#fill(this.pixels, pointerArea(scene), scene.pointer.buttons === 0 ? colours.pointer : colours.pressed);
  }

  /** Brings what stands still to the front. */
  #uncover(area: Rectangle): void {
    const { x, y, width, height } = this.#inside(area);
    for (let line = y; line < y + height; line += 1) {
      const from = line * this.width + x;
      this.pixels.set(this.#still.subarray(from, from + width), from);
    }
    this.#touch(area);
  }

  #fill(pixels: Uint16Array, area: Rectangle, colour: number): void {
    const { x, y, width, height } = this.#inside(area);
    for (let line = y; line < y + height; line += 1) {
      pixels.fill(colour, line * this.width + x, line * this.width + x + width);
    }
  }

  #write(text: string, left: number, top: number): void {
    [...text].forEach((letter, index) => {
      for (let y = 0; y < cell.height; y += 1) {
        for (let x = 0; x < cell.width; x += 1) {
          if (!isInk(letter, x, y)) continue;
          const at = { x: left + (index * cell.width + x) * scale, y: top + y * scale, width: scale, height: scale };
          this.#fill(this.#still, at, colours.ink);
        }
      }
    });
  }

  #touch(area: Rectangle): void {
    const { x, y, width, height } = this.#inside(area);
    if (width === 0 || height === 0) return;
    const last = {
      column: Math.floor((x + width - 1) / mostTileSide),
      row: Math.floor((y + height - 1) / mostTileSide),
    };
    for (let row = Math.floor(y / mostTileSide); row <= last.row; row += 1) {
      const from = row * this.columns;
      this.#changed.fill(1, from + Math.floor(x / mostTileSide), from + last.column + 1);
    }
  }

  #inside({ x, y, width, height }: Rectangle): Rectangle {
    const left = Math.min(Math.max(x, 0), this.width);
    const top = Math.min(Math.max(y, 0), this.height);
    return {
      x: left,
      y: top,
      width: Math.max(0, Math.min(x + width, this.width) - left),
      height: Math.max(0, Math.min(y + height, this.height) - top),
    };
  }
}

function blockArea({ block }: Scene): Rectangle {
  return { ...block, width: blockSide, height: blockSide };
}

function pointerArea({ pointer }: Scene): Rectangle {
  return { x: pointer.x, y: pointer.y, width: pointerSide, height: pointerSide };
}

function isSame(one: object, other: object): boolean {
  return Object.entries(one).every(([name, value]) => Reflect.get(other, name) === value);
}
