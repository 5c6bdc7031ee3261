/** The API's path with those parameters that say something: for files and streams, whose paths are texts. */
export function pathWith(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const said = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => [name, String(value)])
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said).toString()}`
}
