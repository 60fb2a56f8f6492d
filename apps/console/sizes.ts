const units = ["kB", "MB", "GB", "TB"] as const;

/** A number of bytes in its largest unit: "812 B", "1.2 MB", "734 MB". */
export function bytesOf(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  let value = bytes / 1_000;
  let index = 0;
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1_000;
    index += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[index]}`;
}
