"""The HTTP routes, by what they are about. Each checks access, asks one store or report, and answers.

`progress` has one person's items, history and Continue Watching, and `live` their stream. `teams`,
`people`, `organisation`, `organisation_content` and `audit` are for those who may see others. `directory`
is written and read by administrators, `content` is what learners see of it. `sign_in` and `operations` are
the rest. Begin with `progress`. The parameters and answers that they share are in `query_api.http`.
"""
