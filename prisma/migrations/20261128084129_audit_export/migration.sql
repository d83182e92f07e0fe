-- AlterEnum
ALTER TYPE "ExportEntity" ADD VALUE 'AUDIT_EVENT';
