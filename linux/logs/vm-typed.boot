# package: linux-source-6.12 6.12.117-1~deb12u1
# series: 451986e5b89d
# config: 1e069015f068
# compiler: Debian clang version 22.1.8 (1~deb12u1)
# qemu: QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
916026750
