/** The page that shows the OpenAPI document: Swagger UI, served from here like every other script. */
import 'swagger-ui-dist/swagger-ui.css'
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js'

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null, // otherwise it sends the document's address to a service elsewhere
})
