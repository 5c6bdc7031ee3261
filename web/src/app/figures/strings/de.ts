import type { Translation } from '../../../strings'
import type { en } from './en'

export const de: Translation<typeof en> = {
  title: 'Was diese Zahlen bedeuten',
  link: 'Was bedeuten diese Zahlen?',
  example: 'Zum Beispiel:',
  one: 'Ein Inhalt',
  progress: 'Fortschritt',
  progressText:
    '100 %, sobald der Inhalt abgeschlossen ist, wie auch immer es dazu kam; vorher höchstens 99 %. Anteile werden immer abgerundet.',
  progressExample: 'Er ist bei 90 % abgeschlossen, und Sie hören bei 91 % auf: angezeigt werden 100 %.',
  coverage: 'Angesehen, gelesen',
  coverageText: 'Der Teil des Inhalts, der abgespielt oder gelesen wurde, jede Stelle einmal.',
  coverageExample: 'Sie sehen die erste Hälfte zweimal: 50 %.',
  completed: 'Abgeschlossen',
  completedText:
    'Genug wurde angesehen (90 %, wenn Ihre Organisation nichts anderes festlegt), oder jemand hat es markiert. Ein Abschluss behält sein Datum, was sich auch später ändert.',
  completedExample: 'Ein Jahr später wird der Inhalt länger: Ihrer bleibt abgeschlossen.',
  attempt: 'Noch einmal',
  attemptText: 'Ein neuer Durchgang beginnt bei null. Frühere Abschlüsse bleiben mit ihrem Datum.',
  attemptExample: 'Sie erneuern einen Kurs jedes Jahr: drei Jahre sind drei Abschlüsse.',
  time: 'Zeit',
  watchTime: 'Wiedergabezeit',
  watchTimeText:
    'Die Zeit auf der Uhr, während etwas lief oder gelesen wurde. Pausen zählen nicht, dieselbe Zeit nicht doppelt.',
  watchTimeExample:
    'Zehn Minuten in zwei Fenstern zugleich sind zehn Minuten; eine Stunde bei doppelter Geschwindigkeit ist eine halbe.',
  clocks: 'Falsche Uhren, kein Netz',
  clocksText:
    'Was ohne Netz angesehen wird, kommt später mit seinen eigenen Zeiten an; die falsche Uhr eines Geräts wird berichtigt.',
  clocksExample: 'Zehn Minuten auf einem Telefon, das drei Tage vorgeht, zählen heute, als zehn Minuten.',
  people: 'Personen und Teams',
  overall: 'Gesamtfortschritt',
  overallText:
    'Der Durchschnitt über alles, was für eine Person Pflicht ist; wo nichts Pflicht ist, über das, was sie geöffnet hat. Freiwilliges senkt ihn nie. Der eines Teams ist der Durchschnitt seiner Personen.',
  overallExample: 'Alles Verpflichtende ist erledigt, acht freiwillige Filme sind begonnen: 100 %.',
  overdue: 'Überfällig',
  overdueText:
    'Pflicht, das Datum ist vorbei, und nicht abgeschlossen. Ein eigenes Datum geht dem des Teams vor, das des Teams dem aller. Wer nach dem Datum dazukommt, ist nicht überfällig.',
  overdueExample: 'Das Team hatte bis gestern Zeit, Sie haben bis März: Sie sind nicht überfällig.',
  support: 'Braucht Unterstützung',
  supportText:
    'Etwas ist überfällig; oder die Person liegt weit hinter der Mitte des Teams; oder sie war zwei Wochen nicht aktiv, während noch etwas offen ist.',
  supportExample: 'Wer vor 20 Tagen mit allem fertig war, braucht keine Unterstützung.',
  items: 'Inhalte in Berichten',
  assigned: 'Zugewiesen, begonnen, nicht begonnen',
  assignedText:
    'Zugewiesen sind alle, für die der Inhalt Pflicht ist; begonnen hat, wer ihn geöffnet hat; nicht begonnen, wem er zugewiesen ist und wer ihn nie geöffnet hat.',
  assignedExample:
    'Pflicht für sechs, abgeschlossen von der einen Person, die ihn geöffnet hat: 16 % der Zugewiesenen, 100 % derer, die begonnen haben.',
  archived: 'Archivierte Inhalte, ausgeschiedene Personen',
  archivedText: 'Beide sind nicht mehr in den heutigen Zahlen und bleiben im Verlauf.',
  archivedExample: 'Ein halb angesehener Film wird archiviert: er senkt keinen Fortschritt mehr.',
}
