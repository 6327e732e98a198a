/** The database that holds the schemas of the services. */
export const databaseName = 'gateway';
/** The operator who is enrolled at the first start. */
export const operatorClientId = 'operator';
