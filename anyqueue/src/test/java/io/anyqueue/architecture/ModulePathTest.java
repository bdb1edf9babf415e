package io.anyqueue.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests run on the class path; this one puts the same files on a module path. */
class ModulePathTest {
    private static final Set<String> OURS = Set.of(
            "io.anyqueue.api",
            "io.anyqueue.core",
            "io.anyqueue.json",
            "io.anyqueue.inmemory",
            "io.anyqueue.kafka",
            "io.anyqueue.rabbitmq");
    /** The libraries without a descriptor; each other automatic module here is for tests. */
    private static final List<String> AUTOMATIC = List.of("micrometer", "com.rabbitmq", "kafka.clients");

    private final ModuleLayer layer = layer();
    private final ClassLoader loader = layer.findLoader("io.anyqueue.core");

    @Test
    void allModulesResolve() {
        assertThat(layer.modules()).extracting(Module::getName).containsAll(OURS);
        assertThat(OURS)
                .allSatisfy(name -> assertThat(descriptor(name).isAutomatic()).isFalse());
    }

    @Test
    void noModuleExportsInternalPackages() {
        assertThat(descriptor("io.anyqueue.core").exports()).isEmpty();
        assertThat(OURS)
                .allSatisfy(name -> assertThat(descriptor(name).exports())
                        .noneMatch(exported -> exported.source().contains("internal")));
    }

    @Test
    void servicesAreFoundAsModules() throws Exception {
        for (String service : List.of("QueueClientProvider", "spi.BrokerProvider", "spi.Codec")) {
            Class<?> type = loader.loadClass("io.anyqueue." + service);
            assertThat(ServiceLoader.load(layer, type))
                    .isNotEmpty()
                    .allSatisfy(provider -> assertThat(
                                    provider.getClass().getModule().isNamed())
                            .isTrue());
        }
    }

    @Test
    void aClientSendsOnTheModulePath() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Class<?> clientType = loader.loadClass("io.anyqueue.QueueClient");
            Class<?> queueType = loader.loadClass("io.anyqueue.MessageQueue");
            try (AutoCloseable client = (AutoCloseable)
                    clientType.getMethod("connect", String.class).invoke(null, "inmemory:")) {
                assertThat(clientType.getModule().getName()).isEqualTo("io.anyqueue.api");
                Object queue =
                        clientType.getMethod("queue", String.class, Class.class).invoke(client, "orders", String.class);
                Object id = queueType.getMethod("send", Object.class).invoke(queue, "hello");
                assertThat(id).asString().isNotBlank();
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private ModuleDescriptor descriptor(String name) {
        return layer.findModule(name).orElseThrow().getDescriptor();
    }

    private static ModuleLayer layer() {
        ModuleFinder finder =
                ModuleFinder.of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .filter(ModulePathTest::isModule)
                        .toArray(Path[]::new));
        Configuration modules = ModuleLayer.boot().configuration().resolveAndBind(finder, ModuleFinder.of(), OURS);
        return ModuleLayer.boot().defineModulesWithOneLoader(modules, ClassLoader.getPlatformClassLoader());
    }

    private static boolean isModule(Path entry) {
        try {
            return ModuleFinder.of(entry).findAll().stream()
                    .map(ModuleReference::descriptor)
                    .anyMatch(
                            found -> !found.isAutomatic() || AUTOMATIC.stream().anyMatch(found.name()::startsWith));
        } catch (FindException e) {
            // A jar for tests whose name makes no module name.
            return false;
        }
    }
}
