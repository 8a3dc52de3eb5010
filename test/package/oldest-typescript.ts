/** The version in README that `npm run check:typescript` compiles with. */
export function oldestTypeScript(readme: string): string {
  const version = /TypeScript (\d+\.\d+) or newer/.exec(readme)?.[1];
  if (version === undefined) throw new Error('README.md must say "TypeScript 5.4 or newer", with the oldest version');
  return version;
}
