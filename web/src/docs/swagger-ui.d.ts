declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** What the page sets of https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/. */
  export default function SwaggerUIBundle(options: {
    url: string
    dom_id: string
    deepLinking: boolean
    validatorUrl: null
  }): void
}
