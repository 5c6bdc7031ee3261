/** The links that the shell offers to each role. */
import type { Me } from '../api/types'
import type { IconName } from './ui/icon'

export interface Destination {
  readonly path: string
  readonly label: 'library' | 'dashboard' | 'history' | 'teams' | 'people' | 'organisation'
  readonly icon: IconName
}

const LEARNER: readonly Destination[] = [
  { path: '/', label: 'library', icon: 'library' },
  { path: '/dashboard', label: 'dashboard', icon: 'dashboard' },
  { path: '/history', label: 'history', icon: 'history' },
]
const MANAGER: readonly Destination[] = [
  { path: '/teams', label: 'teams', icon: 'team' },
  { path: '/people', label: 'people', icon: 'person' },
]
const ADMIN: readonly Destination[] = [{ path: '/organisation', label: 'organisation', icon: 'organisation' }]

/** Administrators may read what managers may. */
export function destinations({ roles }: Pick<Me, 'roles'>): readonly Destination[] {
  const admin = roles.includes('admin')
  const manager = admin || roles.includes('manager')
  return [...LEARNER, ...(manager ? MANAGER : []), ...(admin ? ADMIN : [])]
}

/** Whether `path` is the destination or below it. */
export function isAt(path: string, destination: Destination): boolean {
  if (destination.path === '/') return path === '/' || path.startsWith('/watch/')
  return path === destination.path || path.startsWith(`${destination.path}/`)
}
