/** An item that is being watched: what the service knows of it, kept up to date, and marks by hand. */
import type { CatalogueItem, ItemProgress } from '../../../api/types'
import type { Services } from '../../services'
import { loadAssignments } from '../loading'
import type { Assignment } from '../records'

/** What the page shows of an item. */
export interface Watched {
  readonly item: CatalogueItem
  readonly progress: ItemProgress
  /** The share that completes it, 0–1; null where the service could not say. */
  readonly threshold: number | null
  /** Null where it is not required, or the requirement could not be loaded. */
  readonly assignment: Assignment | null
}

/** Longest wait for optional data, in milliseconds: a video does not wait for its rule. */
const PATIENCE = 2_000

/** Raises `Failure`; of the kind `missing` where the catalogue does not have the item. */
export async function loadWatched(services: Services, contentId: string): Promise<Watched> {
  const { api } = services
  const path = { params: { path: { contentId } } }
  const [item, progress, threshold, assignments] = await Promise.all([
    api.read(api.client.GET('/api/content/{contentId}', path)),
    loadItemProgress(services, contentId),
    loadThreshold(services, contentId),
    within(loadAssignments(services), []),
  ])
  const assignment = assignments.find((each) => each.contentId === contentId) ?? null
  return { item, progress, threshold, assignment }
}

/** Raises `Failure`. */
export async function loadItemProgress({ api }: Services, contentId: string): Promise<ItemProgress> {
  const call = api.client.GET('/api/progress/{contentId}', { params: { path: { contentId } } })
  return (await api.read(call)) as ItemProgress // openapi-fetch takes pairs for arrays of any length
}

function loadThreshold({ api, me }: Services, contentId: string): Promise<number | null> {
  const evidence = api.read(
    api.client.GET('/api/people/{userId}/progress/{contentId}/evidence', {
      params: { path: { userId: me.userId, contentId } },
    }),
  )
  return within(
    evidence.then(({ policy }) => policy.threshold),
    null,
  )
}

/** The value, or `otherwise` where it does not come, or does not come in time. */
async function within<Value>(value: Promise<Value>, otherwise: Value): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(() => {
      resolve(otherwise)
    }, PATIENCE)
  })
  try {
    return await Promise.race([value.catch(() => otherwise), late])
  } finally {
    clearTimeout(timer)
  }
}
