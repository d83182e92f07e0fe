import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";

/** What a start is compared with: the first example of Yoga's documentation, as plain JavaScript. */
const schema = createSchema({
  typeDefs: "type Query { hello: String! }",
  resolvers: { Query: { hello: () => "world" } },
});
createServer(createYoga({ schema })).listen(Number(process.env.PORT), "127.0.0.1");
