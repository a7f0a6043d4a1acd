DROP TABLE kernel_audit_check;
DROP TABLE kernel_job_failure;
DROP TABLE kernel_duty;
