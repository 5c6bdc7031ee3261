/** Why nothing can be made of a file as it is. */
export type Trouble =
  | { readonly code: 'utf8'; readonly line: number }
  | { readonly code: 'quotes'; readonly line: number }
  | { readonly code: 'empty' }
  | { readonly code: 'unreadable'; readonly message: string }
  | { readonly code: 'unknown'; readonly columns: readonly string[] }
  | { readonly code: 'repeated'; readonly columns: readonly string[] }
  | { readonly code: 'noKind' }
  | { readonly code: 'lacking'; readonly line: number; readonly columns: readonly string[] }

/** Nothing can be made of the file as it is. */
export class UnreadableFile extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.code)
  }
}
