export {
  type Credential,
  type CredentialFields,
  type CredentialList,
  credentialFieldNameForm,
  credentialFieldSchema,
  credentialFieldsMax,
  credentialFieldsSchema,
  credentialListSchema,
  credentialSchema,
} from './credential.ts';
export {
  type CredentialDelivery,
  credentialDeliverySchema,
  credentialPath,
  credentialPurpose,
} from './delivery.ts';
export {
  credentialDeliveryExample,
  credentialExample,
  credentialFieldsExample,
  credentialListExample,
} from './examples.ts';
