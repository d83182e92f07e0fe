-- Unlogged: the costs of the last minute need not survive a crash, and updates write no WAL. The space that is left free
-- keeps new versions of a row on its page.
CREATE UNLOGGED TABLE "rate_bucket" (
    "org_id" UUID NOT NULL,
    "holder_id" UUID NOT NULL,
    "level" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_bucket_pkey" PRIMARY KEY ("org_id","holder_id")
) WITH (fillfactor = 50);

-- AddForeignKey
ALTER TABLE "rate_bucket" ADD CONSTRAINT "rate_bucket_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
