/** The query that the README shows and that GraphiQL opens with. */
export const exampleQuery = `query HotContacts {
  contacts(
    query: {
      groups: [
        {
          conditions: [
            { field: "tags", op: CONTAINS, value: "replied-interested" }
            { field: "custom.industry", op: EQ, value: "Technology" }
          ]
        }
        {
          conditions: [
            { field: "created_at", op: GTE, value: "2026-01-01T00:00:00Z" }
            { field: "company", op: CONTAINS, value: "corp" }
          ]
        }
      ]
    }
    orderBy: [{ field: CREATED_AT, direction: DESC }]
    first: 20
  ) {
    totalCount
    nodes {
      id
      name
      email
      company
      tags { name }
      customFields { slug value }
      deals(first: 5) {
        totalCount
        nodes { id name value { amount currency } stage status }
      }
      activities(first: 5) {
        nodes { id kind occurredAt subject }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;
