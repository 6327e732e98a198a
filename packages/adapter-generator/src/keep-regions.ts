const begin = /^\s*(?:\/\/|<!-- )#region (\w+)(?: -->)?$/;
const end = /^\s*(?:\/\/|<!-- )#endregion(?: -->)?$/;

/** Leaves out the marked regions of a text, but for those named; the marks go in any case. @throws Error for marks that do not match */
export function keepRegions(text: string, kept: ReadonlySet<string>): string {
  const lines: string[] = [];
  let region: string | undefined;
  for (const line of text.split('\n')) {
    const opened = begin.exec(line)?.[1];
    if (opened !== undefined) {
      if (region !== undefined) throw new Error(`the region ${opened} begins within the region ${region}`);
      region = opened;
    } else if (end.test(line)) {
      if (region === undefined) throw new Error('a region ends that has not begun');
      region = undefined;
    } else if (region === undefined || kept.has(region)) lines.push(line);
  }
  if (region !== undefined) throw new Error(`the region ${region} does not end`);
  return lines.join('\n');
}
