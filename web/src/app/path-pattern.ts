/** Paths with parameters, such as `/people/:userId`. */

export type Parameters = Readonly<Record<string, string>>

/** What a path gives for the parameters of a pattern; null where it is not of that pattern. */
export function parametersIn(path: string, pattern: string): Parameters | null {
  const given = segmentsOf(path)
  const asked = segmentsOf(pattern)
  if (given.length !== asked.length) return null
  const parameters: Record<string, string> = {}
  for (const [index, name] of asked.entries()) {
    const value = given[index] ?? ''
    if (name.startsWith(':') && value !== '') parameters[name.slice(1)] = value
    else if (name !== value) return null
  }
  return parameters
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split('/')
}
