################################################################################
#
# tinycdb
#
################################################################################

TINYCDB_VERSION = 0.78
TINYCDB_SOURCE = tinycdb_$(TINYCDB_VERSION).tar.gz
# The author's own package of it; "make deps" of qvmail brings the same file.
TINYCDB_SITE = https://snapshot.debian.org/archive/debian/20230601T000000Z/pool/main/t/tinycdb
TINYCDB_LICENSE = Public Domain
TINYCDB_LICENSE_FILES = debian/copyright
TINYCDB_INSTALL_STAGING = YES
TINYCDB_INSTALL_TARGET = NO

# qvmail is a static PIE.
define TINYCDB_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D) staticlib \
		CFLAGS="$(TARGET_CFLAGS) -fPIE -ffunction-sections -fdata-sections"
endef

define TINYCDB_INSTALL_STAGING_CMDS
	$(INSTALL) -D -m 0644 $(@D)/libcdb.a $(STAGING_DIR)/usr/lib/libcdb.a
	$(INSTALL) -D -m 0644 $(@D)/cdb.h $(STAGING_DIR)/usr/include/cdb.h
endef

$(eval $(generic-package))
